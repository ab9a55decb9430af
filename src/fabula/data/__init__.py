"""Stories in: every source by one name, splits that do not leak, decoded frames, batches."""
