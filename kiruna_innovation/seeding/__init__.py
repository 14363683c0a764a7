"""Synthetic data for measuring: any amount, the same every time, written by COPY. Every figure about speed stands on it."""
