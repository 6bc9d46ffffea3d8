"""Vendors: one file each, found through the `linkgap.providers` entry points."""
