"""What slides are made of: plain values from the other apps, for whom a screen may show them."""
