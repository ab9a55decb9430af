"""How the world is told: a grammar with known odds, the phrases of every event, and the words for a scene."""
