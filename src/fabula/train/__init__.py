"""Training: the loop as a generator of reports, its schedules, its validation, the device it runs on."""
