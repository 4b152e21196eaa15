"""Where a language writes dates and numbers otherwise than Django has it."""
