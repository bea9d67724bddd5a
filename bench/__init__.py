"""Figures: what is asked of Baserun, measured."""
