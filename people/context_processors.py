"""What every page's frame shows."""


def navigation(request):
    return {}
