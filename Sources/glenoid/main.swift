print("glenoid")
