"""What a model attends to: watched, placed over the pictures and words of a context, drawn."""
