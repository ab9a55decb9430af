"""A model's parts as a drawing: what is built (architecture), where it stands (plan, faces), how it looks (cards)."""
