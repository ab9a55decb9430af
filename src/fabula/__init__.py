"""Fabula: visual story continuation. K frames of a story in, the next picture and the next caption out."""
