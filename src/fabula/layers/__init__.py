"""Arithmetic that components share; it knows no role."""
