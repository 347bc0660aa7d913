#!/usr/bin/env python3
"""Reads a Comprehensive 3D SR with highdicom and prints what it understood, one finding a line.

usage: read_report.py REPORT.dcm

Fails when highdicom does not take the object for a TID 1500 measurement report, or when pydicom writes it
back with other bytes.
"""
import io
import sys

import highdicom
import pydicom

path = sys.argv[1]
dataset = pydicom.dcmread(path)
written = io.BytesIO()
dataset.save_as(written)
assert written.getvalue() == open(path, "rb").read(), "pydicom writes other bytes"
report = highdicom.sr.Comprehensive3DSR.from_dataset(dataset)
print("patient", dataset.PatientName)
for group in report.content.get_image_measurement_groups():
    print("tracking", group.tracking_identifier, group.tracking_uid)
    print("finding", group.finding_type.meaning)
    for measurement in group.get_measurements():
        print("measurement", measurement.name.meaning, measurement.value, measurement.unit.value)
    for evaluation in group.get_qualitative_evaluations():
        print("evaluation", evaluation.name.meaning, "=", evaluation.value.meaning)
