"""What goes over the wire: records as plain data, arrays as bytes."""
