"""dev asks sandboxes of third parties."""

from environments.families.workflow import Places, WorkflowFamily

WORKFLOW = WorkflowFamily(
    places=Places(
        fraud_api_url="https://sandbox.fraud.example.com/v1/scores",
        fraud_connection="fraud/0a1b2c3d-0000-4000-8000-000000000031",
        payments_api_url="https://sandbox.payments.example.com/v1/payments",
        payments_connection="payments/0a1b2c3d-0000-4000-8000-000000000032",
        rating_api_url="https://sandbox.rating.example.com/v1/quotes",
        rating_connection="rating/0a1b2c3d-0000-4000-8000-000000000033",
        batch_security_group_ids=["sg-0c1d2e3f4a5b60001"],
    )
)
