"""The desk: the web back office, server-rendered, French first."""
