"""Vendors, one folder each, found through the `linkgap.providers` entry points."""
