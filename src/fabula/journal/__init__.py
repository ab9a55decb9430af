"""What a run writes down as it goes: its folder and lock, log, curves' numbers, environment, progress."""
