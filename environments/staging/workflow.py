"""staging asks sandboxes of third parties."""

from environments.families.workflow import Places, WorkflowFamily

WORKFLOW = WorkflowFamily(
    places=Places(
        fraud_api_url="https://sandbox.fraud.example.com/v1/scores",
        fraud_connection="fraud/0a1b2c3d-0000-4000-8000-000000000021",
        payments_api_url="https://sandbox.payments.example.com/v1/payments",
        payments_connection="payments/0a1b2c3d-0000-4000-8000-000000000022",
        rating_api_url="https://sandbox.rating.example.com/v1/quotes",
        rating_connection="rating/0a1b2c3d-0000-4000-8000-000000000023",
        batch_security_group_ids=["sg-0b1c2d3e4f5a60001"],
    )
)
