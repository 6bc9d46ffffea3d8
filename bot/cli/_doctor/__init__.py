"""What `linkgap doctor` looks at, one file a subject; each yields findings in whole sentences."""
