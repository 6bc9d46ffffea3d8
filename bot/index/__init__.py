"""The open link index: a release of Common Crawl's web graph as files that DuckDB can ask."""
