"""Files as documents: plain values that remember their lines."""
