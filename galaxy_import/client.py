"""The few endpoints of Galaxy that are read, over HTTP. No Django."""
