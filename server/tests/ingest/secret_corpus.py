"""Secrets that nobody owns, one of every kind, and ordinary texts that look a little like them.

Each secret is put together here from its prefix and letters of a seeded generator, so that this file holds none.
"""

import random
import string

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
BASE64 = ALNUM + "+/"

_chance = random.Random(20)


def some(length: int, letters: str = ALNUM) -> str:
    """That many letters, a digit and a capital among them."""
    made = [_chance.choice(letters) for _ in range(length)]
    made[1] = "7"
    if letters is not HEX:
        made[2] = "Q"
    return "".join(made)


def _pem(kind: str, lines: int = 4) -> str:
    dashes = "-" * 5
    body = "\n".join(some(64, BASE64) for _ in range(lines))
    return f"{dashes}BEGIN {kind}{dashes}\n{body}\n{dashes}END {kind}{dashes}"


TOKENS = {
    "OpenAI": "sk-" + some(48),
    "OpenAI project": "sk-proj-" + some(60, ALNUM + "_-"),
    "Anthropic": "sk-ant-api03-" + some(80, ALNUM + "_-"),
    "OpenRouter": "sk-or-v1-" + some(64, HEX),
    "Langfuse secret": "sk-lf-" + some(36, HEX),
    "Langfuse public": "pk-lf-" + some(36, HEX),
    "LangSmith": "lsv2_pt_" + some(32, HEX) + "_" + some(10, HEX),
    "Baserun": "br-" + some(32),
    "Groq": "gsk_" + some(52),
    "xAI": "xai-" + some(80),
    "Perplexity": "pplx-" + some(48),
    "Replicate": "r8_" + some(37),
    "Fireworks": "fw_" + some(24),
    "Together": "tgp_v1_" + some(43),
    "NVIDIA": "nvapi-" + some(64, ALNUM + "_-"),
    "Hugging Face": "hf_" + some(34),
    "Pinecone": "pcsk_" + some(60),
    "Tavily": "tvly-dev-" + some(32),
    "ElevenLabs": "sk_" + some(48, HEX),
    "Stripe live": "sk_" + "live_" + some(24),
    "Stripe restricted": "rk_" + "live_" + some(24),
    "webhook": "whsec_" + some(32),
    "GitHub classic": "ghp_" + some(36),
    "GitHub OAuth": "gho_" + some(36),
    "GitHub user": "ghu_" + some(36),
    "GitHub server": "ghs_" + some(36),
    "GitHub refresh": "ghr_" + some(36),
    "GitHub fine-grained": "github_pat_" + some(22) + "_" + some(59),
    "GitLab": "glpat-" + some(20),
    "GitLab deploy": "gldt-" + some(20),
    "GitLab runner": "glrt-" + some(20),
    "Atlassian": "ATATT3" + some(80, ALNUM + "_-"),
    "npm": "npm_" + some(36),
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + some(60, ALNUM + "_-"),
    "RubyGems": "rubygems_" + some(48, HEX),
    "Docker Hub": "dckr_pat_" + some(27),
    "Amazon key id": "AKIA" + some(16, UPPER),
    "Amazon session key id": "ASIA" + some(16, UPPER),
    "Google": "AIza" + some(35, ALNUM + "_-"),
    "Google access": "ya29." + some(60, ALNUM + "_-"),
    "Google client": "GOCSPX-" + some(28, ALNUM + "_-"),
    "Azure client secret": some(3) + "8Q~" + some(34),
    "Azure service key": some(52) + "JQQJ9" + some(27),
    "DigitalOcean": "dop_v1_" + some(64, HEX),
    "Databricks": "dapi" + some(32, HEX),
    "Vault": "hvs." + some(90),
    "Terraform": some(14) + ".atlasv1." + some(67),
    "Supabase": "sbp_" + some(40, HEX),
    "PlanetScale": "pscale_pw_" + some(43),
    "Doppler": "dp.pt." + some(43),
    "Pulumi": "pul-" + some(40, HEX),
    "age": "AGE-SECRET-" + "KEY-1" + some(58, UPPER),
    "Slack bot": "xoxb-" + some(11, string.digits).replace("Q", "1") + "-" + some(24),
    "Slack app": "xapp-1-" + some(11, UPPER) + "-" + some(30, HEX),
    "Discord": "M" + some(25) + "." + some(6) + "." + some(38, ALNUM + "_-"),
    "Telegram": "987654321:AA" + some(33, ALNUM + "_-"),
    "Twilio": "SK" + some(32, HEX),
    "SendGrid": "SG." + some(22) + "." + some(43),
    "Mailgun": "key-" + some(32, HEX),
    "Mailchimp": some(32, HEX) + "-us14",
    "Brevo": "xkeysib-" + some(64, HEX) + "-" + some(16),
    "Shopify": "shpat_" + some(32, HEX),
    "Square": "sq0csp-" + some(43),
    "Linear": "lin_api_" + some(40),
    "Notion": "ntn_" + some(46),
    "Airtable": "pat" + some(14) + "." + some(64, HEX),
    "Figma": "figd_" + some(40),
    "Postman": "PMAK-" + some(24, HEX) + "-" + some(34, HEX),
    "Grafana": "glsa_" + some(32) + "_" + some(8, HEX),
    "New Relic": "NRAK-" + some(27, UPPER),
    "Sentry": "sntryu_" + some(64, HEX),
    "SonarQube": "sqp_" + some(40, HEX),
    "JWT": "eyJ" + some(20) + ".eyJ" + some(40) + "." + some(43, ALNUM + "_-"),
}
"""Kinds that stand for themselves: wherever one is written, it is the secret."""

_PLAIN = some(18)
_PASSWORD = "tr0ub4" + "dor"
_CLOUD = some(40, BASE64)
IN_CONTEXT = {
    "password =": (f"password={_PASSWORD}", _PASSWORD),
    "password = in quotes": (f'db_password = "{_PASSWORD}"', _PASSWORD),
    "password: at the end of a line": (f"user: ada\npassword: {_PASSWORD}\nhost: x", _PASSWORD),
    "pwd": (f"Server=db;Uid=ada;Pwd={_PASSWORD};Encrypt=yes", _PASSWORD),
    "passwd": (f"passwd: {_PASSWORD}", _PASSWORD),
    "said": (f"Hi! My password is {_PASSWORD}, please help", _PASSWORD),
    "environment": (f"export PGPASSWORD={_PASSWORD}", _PASSWORD),
    "Python": (f'client = Client(password="{_PASSWORD}", user="ada")', _PASSWORD),
    "Python, subscript": (f"os.environ['DB_PASSWORD'] = '{_PASSWORD}'", _PASSWORD),
    "JSON": (f'{{"user": "ada", "password": "{_PASSWORD}"}}', _PASSWORD),
    "JSON cut short": (f'{{"user": "ada", "password": "{_PASSWORD}", "text": "and th', _PASSWORD),
    "Python repr": (f"{{'user': 'ada', 'password': '{_PASSWORD}', 'n': None}}", _PASSWORD),
    "YAML": (f"database:\n  password: '{_PASSWORD}'\n", _PASSWORD),
    "XML": (f"<db><password>{_PASSWORD}</password></db>", _PASSWORD),
    "SQL": (f"CREATE USER ada IDENTIFIED BY '{_PASSWORD}'", _PASSWORD),
    "option": (f"mysql --user=ada --password={_PASSWORD} shop", _PASSWORD),
    "option with a space": (f"tool login --password {_PASSWORD} --host x", _PASSWORD),
    "curl": (f"curl -u ada:{_PASSWORD} https://example.com", _PASSWORD),
    "client secret": (f"client_secret={_PLAIN}", _PLAIN),
    "API key": (f"API key: {_PLAIN}", _PLAIN),
    "API key in a header": (f"x-api-key: {_PLAIN}", _PLAIN),
    "API key in an address": (f"https://example.com/v1?api_key={_PLAIN}&page=2", _PLAIN),
    "token in an address": (f"https://example.com/v1?page=2&access_token={_PLAIN}", _PLAIN),
    "token": (f"token={_PLAIN}", _PLAIN),
    "address with a password": (f"postgres://ada:{_PASSWORD}@db.internal:5432/shop", _PASSWORD),
    "address with a user": (f"https://ada:{_PASSWORD}@example.com/x", _PASSWORD),
    "address, encoded": (f"url=postgres%3A%2F%2Fada%3A{_PASSWORD}%40db", _PASSWORD),
    "address with @ in the password": (f"redis://:{_PASSWORD}@x@cache:6379/0", _PASSWORD),
    "bearer": (f"Authorization: Bearer {_PLAIN}", _PLAIN),
    "bearer, in other case": (f"authorization: bearer {_PLAIN}", _PLAIN),
    "basic": (f"Authorization: Basic {_PLAIN}", _PLAIN),
    "basic alone": (f"with Basic {_PLAIN}== it worked", _PLAIN),
    "another scheme": (f"Authorization: Token {_PASSWORD}", _PASSWORD),
    "cookie": (f"Cookie: sid={_PASSWORD}; theme=dark", _PASSWORD),
    "set-cookie": (f"Set-Cookie: sid={_PASSWORD}; Path=/; HttpOnly", _PASSWORD),
    "Amazon secret": (f"aws_secret_access_key = {_CLOUD}", _CLOUD),
    "Amazon secret in a header": (f"SecretAccessKey: {_CLOUD}", _CLOUD),
    "Amazon pair": (f"{TOKENS['Amazon key id']},{_CLOUD}", _CLOUD),
    "Azure storage": (f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={_CLOUD}==;EndpointSuffix=x", _CLOUD),
    "Azure shared signature": (f"https://a.example.net/c?sv=2024&sig={_PLAIN}%3D&se=2", _PLAIN),
    "Amazon signed address": (f"https://s3.example.com/x?X-Amz-Signature={_PLAIN}", _PLAIN),
    "Google service account": (f'{{"type": "service_account", "private_key": "{_PLAIN}"}}', _PLAIN),
    "Slack webhook": (f"https://hooks.slack.com/services/T0/B0/{_PLAIN}AAAA", _PLAIN),
    "Discord webhook": (f"https://discord.com/api/webhooks/1234/{_PLAIN}{_PLAIN}", _PLAIN),
    "npm configuration": (f"//registry.example.com/:_authToken={_PLAIN}", _PLAIN),
    "headers as pairs": (f'[["authorization", "Token {_PLAIN}"], ["accept", "*/*"]]', _PLAIN),
    "headers as objects": (f'[{{"name": "Authorization", "value": "{_PLAIN}"}}]', _PLAIN),
    "RSA key": (_pem("RSA PRIVATE KEY"), "PRIVATE KEY"),
    "key": (_pem("PRIVATE KEY"), "PRIVATE KEY"),
    "OpenSSH key": (_pem("OPENSSH PRIVATE KEY", 20), "PRIVATE KEY"),
    "PGP key": (_pem("PGP PRIVATE KEY BLOCK"), "PRIVATE KEY"),
    "key cut short": (_pem("EC PRIVATE KEY").rpartition("\n")[0], "PRIVATE KEY"),
    "key with escaped lines": (_pem("PRIVATE KEY").replace("\n", "\\n"), "PRIVATE KEY"),
}  # fmt: skip
"""Kinds that their surroundings tell, as (text, the secret in it)."""

ORDINARY = (
    "Password reset please! I forgot my password.",
    "Your password must be at least 8 characters long.",
    "Password: must contain a digit and a letter",
    "The password is wrong. The token was expired.",
    "What is a bearer token? The bearer of this letter may pass.",
    "A basic understanding of authorization is enough: authorization comes after authentication.",
    "Please keep it a secret: nobody must know.",
    "The cookie: a small file that a browser keeps.",
    "I used 1200 tokens, max_tokens=4096, total tokens: 5120, token count: 17",
    '{"max_tokens": 4096, "token_count": 12, "usage": {"total_tokens": 18, "cached_tokens": 2048}}',
    '{"tokens": ["Hello", ",", " world"], "token": "Hello", "logprob": -0.25, "bytes": [72, 101]}',
    '{"next_page_token": "CAUQAA1234567890abcdef", "eos_token": "<|endoftext|>", "pad_token_id": 50256}',
    '{"type": "object", "properties": {"password": {"type": "string"}}, "required": ["password", "username"]}',
    '{"type": "thinking", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrz"}',
    "def login(user: str, password: str) -> bool:\n    return check(user, password=password)",
    "api_key = os.environ['OPENAI_API_KEY']; client = OpenAI(api_key=api_key)",
    "const password = req.body.password;",
    "password = getpass.getpass()",
    "password=None, secret=None, api_key=${OPENAI_API_KEY}",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 fixes it",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "id 550e8400-e29b-41d4-a716-446655440000, trace 4bf92f3577b34da6a3ce929d0e0e4736",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "call me at +49 30 901820 or 555-0100",
    "https://example.com:8080/users/@ada/posts?page=2&sort=-created#top",
    "ssh git@github.com:owner/repository.git, mailto:ada@example.com",
    "docker run -u 1000:1000 -p 8080:80 image@sha256:abc",
    "task-management, sk-learn-style-guide-for-everyone, desk-reference",
    "the file begins with -----BEGIN PRIVATE KEY----- and then comes the key",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
    "npm install @scope/package@1.2.3 && pip install 'uvicorn[standard]'",
    "C:\\users\\ada\\u0041 and 100%25 of 50%2F50",
    "ada@example.com, DE89370400440532013000, 4111111111111111",
    "Basic internationalization and basic/advanced use",
    "session_id=abc123def456ghi789, user_id=auth0|5f7c8ec7c33c6c004bbafe82",
    "gpt-4.1-mini-2025-04-14, claude-sonnet-4-5-20250929, chatcmpl-9zXyAbCdEfGhIjKlMnOpQrStUvWxYz",
    "toolu_01A09q90qw90lq917835lq9, call_abc123DEF456ghi789JKL, msg_01XFDUDYJgAACzvnptvVoYEL, resp_67ccd2bed1ec8190",
    "<input type='password' name='password'>",
    "Enter password:",
    "password:\n  minimum: 8",
)
"""What people and programs write all day; not a letter of it may change."""
