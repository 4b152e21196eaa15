"""For those who keep screens: looking at what asks to become one."""
