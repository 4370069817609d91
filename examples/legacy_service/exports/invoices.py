"""Invoices, written by an account of their own."""

from google.cloud.storage import Client as StorageClient

from legacy_service import settings


def upload(name: str, pdf: bytes) -> str:
    client = StorageClient.from_service_account_json(settings.SERVICE_ACCOUNT_FILE)
    blob = client.bucket(settings.EXPORT_BUCKET).blob(f"invoices/{name}.pdf")
    blob.upload_from_string(pdf, content_type="application/pdf")
    return blob.public_url


def price_list() -> bytes:
    public = StorageClient.create_anonymous_client().bucket("example-public")
    return public.blob("prices.csv").download_as_bytes()
