"""The checks of `linkgap doctor`, one file per subject; each yields findings in whole sentences."""
