"""The columns of StoryReasoning's tables, and the elements of a setting."""

CHARACTERS = ("Character ID", "Name", "Description", "Emotions", "Actions", "Narrative Function", "Bounding Box")
OBJECTS = ("Object ID", "Description", "Function", "Interaction", "Narrative Function", "Bounding Box")
SETTINGS = ("Setting Element", "Description", "Mood", "Time", "Narrative Function")
PHASES = ("Narrative Phase", "Description", "Key Events", "Images")
ELEMENTS = (
    "Location",
    "Environment",
    "Lighting",
    "Weather",
    "Time Period",
    "Architecture",
    "Interior Design",
    "Atmosphere",
    "Background",
)
