// The content tree, the reference lists and the bytes of a report.
#include "Composition.hpp"

#include "dcmtk/dcmsr/dsrdoc.h"

#include "CDCMTKReport.h"

using glenoid::fail;
using glenoid::guarded;
using glenoid::require;

struct cdcmtk_report {
    explicit cdcmtk_report(DSRTypes::E_DocumentType type) : document(type) {}

    DSRDocument document;
    cdcmtk_composition composition;
    size_t depth = 0;   // items open
    bool fresh = true;  // the open item has no child yet
};

namespace {

DSRTypes::E_DocumentType document_type(cdcmtk_report_class report_class) {
    switch (report_class) {
    case CDCMTK_REPORT_COMPREHENSIVE_3D: return DSRTypes::DT_Comprehensive3DSR;
    case CDCMTK_REPORT_COMPREHENSIVE: return DSRTypes::DT_ComprehensiveSR;
    case CDCMTK_REPORT_ENHANCED: return DSRTypes::DT_EnhancedSR;
    case CDCMTK_REPORT_BASIC_TEXT: return DSRTypes::DT_BasicTextSR;
    }
    fail(CDCMTK_UNSUPPORTED, 0, "no such class of reports");
}

DSRTypes::E_RelationshipType relationship_type(cdcmtk_report_relationship relationship) {
    switch (relationship) {
    case CDCMTK_REPORT_ROOT: return DSRTypes::RT_isRoot;
    case CDCMTK_REPORT_CONTAINS: return DSRTypes::RT_contains;
    case CDCMTK_REPORT_HAS_OBS_CONTEXT: return DSRTypes::RT_hasObsContext;
    case CDCMTK_REPORT_HAS_CONCEPT_MOD: return DSRTypes::RT_hasConceptMod;
    case CDCMTK_REPORT_HAS_ACQ_CONTEXT: return DSRTypes::RT_hasAcqContext;
    case CDCMTK_REPORT_HAS_PROPERTIES: return DSRTypes::RT_hasProperties;
    case CDCMTK_REPORT_INFERRED_FROM: return DSRTypes::RT_inferredFrom;
    }
    fail(CDCMTK_UNSUPPORTED, 0, "no such relationship of content items");
}

DSRCodedEntryValue coded_entry(const cdcmtk_report_code &code, uint32_t tag) {
    DSRCodedEntryValue entry;
    require(entry.setCode(code.value, code.scheme, code.version ? code.version : "", code.meaning),
            CDCMTK_BAD_DATA, tag, "a coded term");
    return entry;
}

constexpr uint32_t concept_name_code_sequence = 0x0040A043;
constexpr uint32_t concept_code_sequence = 0x0040A168;
constexpr uint32_t measurement_units_code_sequence = 0x004008EA;
constexpr uint32_t referenced_sop_sequence = 0x00081199;
constexpr uint32_t content_sequence = 0x0040A730;

// Adds an item below the open one and leaves the tree's cursor on it. `addContentItem` gives the item's number
// in the tree, 0 when the document's class does not admit the item there.
DSRContentItem &open_item(cdcmtk_report &report, cdcmtk_report_relationship relationship,
                          DSRTypes::E_ValueType type, const cdcmtk_report_code *concept) {
    DSRDocumentTree &tree = report.document.getTree();
    const auto mode = report.fresh ? DSRTypes::AM_belowCurrent : DSRTypes::AM_afterCurrent;
    if (tree.addContentItem(relationship_type(relationship), type, mode) == 0)
        fail(CDCMTK_BAD_DATA, content_sequence, "this class of reports does not admit %s %s here",
             DSRTypes::relationshipTypeToReadableName(relationship_type(relationship)),
             DSRTypes::valueTypeToDefinedTerm(type));
    DSRContentItem &item = tree.getCurrentContentItem();
    if (concept)
        require(item.setConceptName(coded_entry(*concept, concept_name_code_sequence)), CDCMTK_BAD_DATA,
                concept_name_code_sequence, "the concept name of an item");
    report.depth += 1;
    report.fresh = true;
    return item;
}

void add_instance(DSRSOPInstanceReferenceList &list, const cdcmtk_report_instance &instance) {
    // Unchecked: the identifiers of foreign objects are given back as they came, leading zeros and all.
    require(list.addItem(instance.study_uid, instance.series_uid, instance.class_uid, instance.instance_uid, OFFalse),
            CDCMTK_BAD_DATA, referenced_sop_sequence, "a reference to an instance");
}

}  // namespace

cdcmtk_status cdcmtk_report_create(cdcmtk_report_class report_class, cdcmtk_report **report) {
    return guarded([&] { *report = new cdcmtk_report(document_type(report_class)); });
}

void cdcmtk_report_free(cdcmtk_report *report) {
    (void)guarded([&] { delete report; });
}

cdcmtk_status cdcmtk_report_open_container(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                           const cdcmtk_report_code *concept, const char *template_identifier) {
    return guarded([&] {
        DSRContentItem &item = open_item(*report, relationship, DSRTypes::VT_Container, concept);
        if (template_identifier)
            require(item.setTemplateIdentification(template_identifier, "DCMR"), CDCMTK_BAD_DATA, 0x0040A504,
                    "the template of a container");
    });
}

cdcmtk_status cdcmtk_report_open_text(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                      const cdcmtk_report_code *concept, const char *text) {
    return guarded([&] {
        require(open_item(*report, relationship, DSRTypes::VT_Text, concept).setStringValue(text),
                CDCMTK_BAD_DATA, 0x0040A160, "the text of an item");
    });
}

cdcmtk_status cdcmtk_report_open_code(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                      const cdcmtk_report_code *concept, const cdcmtk_report_code *value) {
    return guarded([&] {
        DSRContentItem &item = open_item(*report, relationship, DSRTypes::VT_Code, concept);
        require(item.setCodeValue(coded_entry(*value, concept_code_sequence)), CDCMTK_BAD_DATA,
                concept_code_sequence, "the code of an item");
    });
}

cdcmtk_status cdcmtk_report_open_number(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                        const cdcmtk_report_code *concept, const char *value,
                                        const cdcmtk_report_code *unit) {
    return guarded([&] {
        DSRContentItem &item = open_item(*report, relationship, DSRTypes::VT_Num, concept);
        const DSRNumericMeasurementValue measurement(value, coded_entry(*unit, measurement_units_code_sequence));
        require(item.setNumericValue(measurement), CDCMTK_BAD_DATA, 0x0040A30A, "the number of an item");
    });
}

cdcmtk_status cdcmtk_report_open_uid(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                     const cdcmtk_report_code *concept, const char *uid) {
    return guarded([&] {
        require(open_item(*report, relationship, DSRTypes::VT_UIDRef, concept).setStringValue(uid),
                CDCMTK_BAD_DATA, 0x0040A124, "the UID of an item");
    });
}

cdcmtk_status cdcmtk_report_open_image(cdcmtk_report *report, cdcmtk_report_relationship relationship,
                                       const cdcmtk_report_code *concept, const char *class_uid,
                                       const char *instance_uid, const int32_t *frames, size_t frame_count) {
    return guarded([&] {
        DSRContentItem &item = open_item(*report, relationship, DSRTypes::VT_Image, concept);
        DSRImageReferenceValue reference(class_uid, instance_uid, OFFalse);
        for (size_t index = 0; index < frame_count; index += 1) reference.getFrameList().addItem(frames[index]);
        require(item.setImageReference(reference, OFFalse), CDCMTK_BAD_DATA, referenced_sop_sequence,
                "the image of an item");
    });
}

cdcmtk_status cdcmtk_report_close_item(cdcmtk_report *report) {
    return guarded([&] {
        if (report->depth == 0) fail(CDCMTK_BAD_DATA, content_sequence, "no content item is open");
        // Without children the cursor is on the item itself, otherwise on its last child.
        if (!report->fresh) report->document.getTree().goUp();
        report->fresh = false;
        report->depth -= 1;
    });
}

cdcmtk_status cdcmtk_report_add_evidence(cdcmtk_report *report, const cdcmtk_report_instance *instance) {
    return guarded([&] { add_instance(report->document.getCurrentRequestedProcedureEvidence(), *instance); });
}

cdcmtk_status cdcmtk_report_add_predecessor(cdcmtk_report *report, const cdcmtk_report_instance *instance) {
    return guarded([&] { add_instance(report->document.getPredecessorDocuments(), *instance); });
}

cdcmtk_status cdcmtk_report_add_scheme(cdcmtk_report *report, const char *designator, const char *name,
                                       const char *responsible_organization) {
    return guarded([&] {
        require(report->document.getCodingSchemeIdentification().addItem(
                    designator, "", name, responsible_organization ? responsible_organization : ""),
                CDCMTK_BAD_DATA, 0x00080110, "a coding scheme");
    });
}

cdcmtk_composition *cdcmtk_report_composition(cdcmtk_report *report) { return &report->composition; }

cdcmtk_status cdcmtk_report_encode(cdcmtk_report *report, const uint8_t **bytes, size_t *byte_count) {
    return guarded([&] {
        if (report->depth != 0) fail(CDCMTK_BAD_DATA, content_sequence, "a content item is still open");
        require(report->document.completeDocument(), CDCMTK_BAD_DATA, 0x0040A491, "completing the report");
        DcmFileFormat file;
        DcmDataset &dataset = *file.getDataset();
        require(report->document.write(dataset), CDCMTK_BAD_DATA, content_sequence, "writing the report's content");
        // dcmsr claims its own authorship of the instance.
        dataset.findAndDeleteElement(DCM_InstanceCreatorUID);
        glenoid::compose(file, report->composition, bytes, byte_count);
    });
}
