"""Salesforce, logged in with the key that stands in Secrets Manager, once per process."""

import json
import os
from functools import cache

import boto3
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

secrets = boto3.client("secretsmanager")

LOGIN = "https://login.salesforce.com"


class OnLoopback(HTTPAdapter):
    """simple-salesforce knows `https://` alone; the sandbox speaks plain HTTP to handlers of either language."""

    def send(self, request, **options):
        request.url = request.url.replace(LOGIN, os.environ["SALESFORCE_LOGIN_URL"], 1)
        request.url = request.url.replace("https://127.0.0.1", "http://127.0.0.1", 1)
        return super().send(request, **options)


@cache
def org():
    secret = secrets.get_secret_value(SecretId=os.environ["SALESFORCE_SECRET_ID"])
    secret = json.loads(secret["SecretString"])
    session = requests.Session()
    if "SALESFORCE_LOGIN_URL" in os.environ:
        session.mount("https://", OnLoopback())
    return Salesforce(
        username=secret["username"],
        consumer_key=secret["consumerKey"],
        privatekey=secret["privateKey"],
        session=session,
        version="66.0",
    )
