"""The oracle: it knows the laws of the built-in world but not the dice, and says what is likely to come next."""
