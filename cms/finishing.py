"""What Wagtail does when a workflow is finished. It imports this while its own models are being
made, so that nothing of it can be imported here before it is called."""


def publish_approved(workflow_state, user=None) -> None:
    from cms.services.approving import publish_approved

    publish_approved(workflow_state, user=user)
