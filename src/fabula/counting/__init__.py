"""What captions are like by counting alone: n-grams, a cache of what was just told, and counts that a network owns."""
