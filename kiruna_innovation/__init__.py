"""Innovationsplattform Kiruna: settings, addresses, start page, health. Imported by no app."""
