r"""What secrets look like: names whose values are secrets, and texts that are secrets by their own form.

Written for RE2, which goes through a text once whatever the number of patterns, and has no look-around: a pattern that
needs to know its surroundings captures them, and `redact.py` puts them back.

    AFTER     what may stand before a token; an escaped line break counts (`\nsk-…` in JSON text)
    TOKENS    forms that providers publish, each with the prefix or the shape that makes it unmistakable
    NAMES     a value under such a name is a secret whatever it looks like
    WEAK      a value under such a name is a secret where it looks like one: a `token` may be a word of a text
"""

import re
from typing import NamedTuple


class Form(NamedTuple):
    """A kind of secret that its form gives away."""

    kind: str
    pattern: str
    sign: str = ""
    """What a request's raw body is searched for, where the pattern is not found there: `/` may be written `\\/`."""


AFTER = r"(?:^|[^A-Za-z0-9]|\\+[abefnrtv]|\\+u[0-9A-Fa-f]{4}|\\+x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2})"
SPACE = r"(?:\s|\+|%20|\\+u0020|\\+[tnr])"
SLASH = r"(?:\\*/|%2[Ff]|\\+u002[Ff])"
WORDY = r"[A-Za-z0-9_-]"

TOKENS = (
    Form("OpenAI, Anthropic, OpenRouter, Langfuse and kin", r"sk-[A-Za-z0-9_-]{20,}"),
    Form("ElevenLabs", r"sk_[A-Za-z0-9]{32,}"),
    Form("Langfuse, public half", r"pk-lf-[A-Za-z0-9-]{16,}"),
    Form("LangSmith", r"(?:lsv2_(?:pt|sk)_|ls__)[A-Za-z0-9_]{24,}"),
    Form("Baserun", r"br-[A-Za-z0-9]{20,}"),
    Form("Groq", r"gsk_[A-Za-z0-9]{24,}"),
    Form("xAI", r"xai-[A-Za-z0-9_-]{24,}"),
    Form("Perplexity", r"pplx-[A-Za-z0-9]{24,}"),
    Form("Replicate", r"r8_[A-Za-z0-9]{24,}"),
    Form("Fireworks", r"fw_[A-Za-z0-9]{20,}"),
    Form("Together", r"tgp_v1_[A-Za-z0-9_-]{24,}"),
    Form("Cerebras", r"csk-[A-Za-z0-9]{24,}"),
    Form("NVIDIA", r"nvapi-[A-Za-z0-9_-]{24,}"),
    Form("Hugging Face", r"(?:hf_|api_org_)[A-Za-z0-9]{24,}"),
    Form("Pinecone", r"pcsk_[A-Za-z0-9_]{24,}"),
    Form("Voyage", r"pa-[A-Za-z0-9_-]{40,}"),
    Form("Jina", r"jina_[A-Za-z0-9_]{24,}"),
    Form("Tavily", r"tvly-[A-Za-z0-9-]{20,}"),
    Form("E2B", r"e2b_[0-9a-f]{32,}"),
    Form("Stripe", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}"),
    Form("signing secrets of webhooks", r"whsec_[A-Za-z0-9+/=]{16,}", r"whsec_[A-Za-z0-9]"),
    Form("GitHub", r"gh[oprsu]_[A-Za-z0-9]{30,}"),
    Form("GitHub, fine-grained", r"github_pat_[A-Za-z0-9_]{22,}"),
    Form("GitLab", r"gl(?:pat|dt|rt|ft|soat|ptt|cbt|agent|imt|oas|ffct|rtr)-[A-Za-z0-9_.-]{16,}"),
    Form("GitLab, runner", r"GR1348941[A-Za-z0-9_-]{20,}"),
    Form("Bitbucket and Atlassian", r"AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{24,}"),
    Form("npm", r"npm_[A-Za-z0-9]{30,}"),
    Form("PyPI", r"pypi-[A-Za-z0-9_-]{40,}"),
    Form("RubyGems", r"rubygems_[0-9a-f]{40,}"),
    Form("Docker Hub", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    Form("Clojars", r"CLOJARS_[A-Za-z0-9]{40,}"),
    Form("Amazon key with its secret",
         r"(?:AKIA|ASIA)[0-9A-Z]{16}(?:[\s,;:\"'|\\]|%(?:25)*[0-9A-F]{2}){1,6}(?:[A-Za-z0-9/+]|%(?:25)*2[BbFf]){40}"),
    Form("Amazon", r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"),
    Form("Amazon Bedrock", r"(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=]{32,}", r"(?:ABSK|bedrock-api-key-)[A-Za-z0-9]"),
    Form("Amazon MWS", r"amzn\.mws\.[0-9a-f-]{32,}"),
    Form("Google", r"AIza[0-9A-Za-z_-]{35}"),
    Form("Google OAuth", r"ya29\.[A-Za-z0-9_.-]{16,}"),
    Form("Google OAuth, client", r"GOCSPX-[A-Za-z0-9_-]{16,}"),
    Form("Google OAuth, refresh", r"1//0[A-Za-z0-9_-]{30,}", r"1\\*/\\*/0[A-Za-z0-9_-]{30}"),
    Form("Azure, client secret", r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,}", r"[0-9]Q~[A-Za-z0-9_~.-]{31}"),
    Form("Azure, keys of services", r"[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{27}", r"JQQJ9[A-Za-z0-9]{27}"),
    Form("Alibaba", r"LTAI[A-Za-z0-9]{16,24}\b"),
    Form("Tencent", r"AKID[A-Za-z0-9]{32}\b"),
    Form("DigitalOcean", r"do[opr]_v1_[A-Za-z0-9]{32,}"),
    Form("Databricks", r"dapi[0-9a-f]{32}(?:-[0-9])?"),
    Form("HashiCorp Vault", r"hv[sbr]\.[A-Za-z0-9_-]{20,}"),
    Form("Terraform", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}", r"\.atlasv1\."),
    Form("Cloudflare", r"(?:v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}|cf[au]t_[A-Za-z0-9_-]{30,})"),
    Form("Heroku", r"HRKU-[A-Za-z0-9_-]{30,}"),
    Form("Netlify", r"nf[pobuc]_[A-Za-z0-9]{30,}"),
    Form("Vercel", r"vc[apkir]_[A-Za-z0-9]{24,}"),
    Form("Fly", r"(?:fo1_|fm[12][ar]?_)[A-Za-z0-9_+/=-]{32,}", r"(?:fo1_|fm[12][ar]?_)[A-Za-z0-9]"),
    Form("Supabase", r"(?:sbp_|sb_secret_)[A-Za-z0-9_-]{20,}"),
    Form("PlanetScale", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{24,}"),
    Form("Doppler", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{24,}"),
    Form("Pulumi", r"pul-[0-9a-f]{40}"),
    Form("1Password", r"ops_eyJ[A-Za-z0-9+/=_-]{40,}", r"ops_eyJ"),
    Form("age", r"AGE-SECRET-KEY-1[A-Z0-9]{40,}"),
    Form("Slack", r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{10,}"),
    Form("Slack, webhook", rf"hooks\.slack\.com{SLASH}(?:services|workflows|triggers){SLASH}[A-Za-z0-9_/\\-]{{20,}}",
         r"hooks\.slack\.com"),
    Form("Microsoft Teams, webhook", rf"webhook\.office\.com{SLASH}webhookb2{SLASH}[A-Za-z0-9@_/\\-]{{20,}}",
         r"webhook\.office\.com"),
    Form("Discord", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,40}"),
    Form("Discord, webhook",
         rf"discord(?:app)?\.com{SLASH}api{SLASH}(?:v[0-9]+{SLASH})?webhooks{SLASH}[A-Za-z0-9_/\\-]{{20,}}",
         r"discord(?:app)?\.com"),
    Form("Telegram", r"[0-9]{8,10}(?::|%3[Aa])AA[A-Za-z0-9_-]{32,35}"),
    Form("Twilio", r"(?:SK|AC)[0-9a-f]{32}\b"),
    Form("SendGrid", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    Form("Mailgun", r"key-[0-9a-f]{32}\b"),
    Form("Mailchimp", r"[0-9a-f]{32}-us[0-9]{1,2}\b", r"[0-9a-f]-us[0-9]"),
    Form("Brevo", r"xkeysib-[0-9a-f]{40,}(?:-[A-Za-z0-9]+)?"),
    Form("Shopify", r"shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{24,}"),
    Form("Square", r"(?:sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,}|EAAA[A-Za-z0-9_-]{56,})"),
    Form("Braintree", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}"),
    Form("Linear", r"lin_(?:api|oauth)_[A-Za-z0-9]{24,}"),
    Form("Notion", r"(?:ntn_|secret_)[A-Za-z0-9]{40,}"),
    Form("Airtable", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    Form("Figma", r"fig[dour]{1,2}_[A-Za-z0-9_-]{30,}"),
    Form("Typeform", r"tfp_[A-Za-z0-9_.=-]{40,}"),
    Form("Contentful", r"CFPAT-[A-Za-z0-9_-]{30,}"),
    Form("Postman", r"PMAK-[0-9a-f]{24}-[0-9a-f]{30,}"),
    Form("Grafana", r"(?:glc_[A-Za-z0-9+/=]{32,}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8})", r"gl(?:c|sa)_[A-Za-z0-9]"),
    Form("New Relic", r"NR(?:AK|II|JS|RA)-[A-Za-z0-9_-]{20,}"),
    Form("Sentry", r"sntry[su]_[A-Za-z0-9+/=_-]{32,}", r"sntry[su]_"),
    Form("PostHog", r"phx_[A-Za-z0-9]{30,}"),
    Form("Dynatrace", r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{40,}"),
    Form("SonarQube", r"sq[pau]_[0-9a-f]{40}"),
    Form("Buildkite", r"bk(?:ua|ct|pt)_[0-9a-f]{40}"),
    Form("CircleCI", r"CCI(?:PAT|PRJ)_[A-Za-z0-9_]{30,}"),
    Form("OpenShift", r"sha256~[A-Za-z0-9_-]{40,}"),
    Form("Mapbox", r"sk\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    Form("Duffel", r"duffel_(?:test|live)_[A-Za-z0-9_=-]{30,}"),
    Form("EasyPost", r"EZ[AT]K[A-Za-z0-9]{50,}"),
    Form("Adafruit", r"aio_[A-Za-z0-9]{28}\b"),
    Form("JSON web token", r"eyJ[A-Za-z0-9_=-]{8,}\.[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]{8,}(?:\.[A-Za-z0-9_=-]+){0,2}"),
    Form("bearer", rf"(?i:bearer){SPACE}+[A-Za-z0-9._~+/|=-]{{16,}}", rf"(?i:bearer){SPACE}+[A-Za-z0-9._~+/|\\%-]"),
    Form("basic", rf"(?i:basic){SPACE}+[A-Za-z0-9+/_-]{{12,}}=*", rf"(?i:basic){SPACE}+[A-Za-z0-9+/\\%_-]{{8}}"),
)  # fmt: skip
"""Each stands after `AFTER`; the first that fits counts."""

GAP = r"(?:[-_. ]|%20)?"
NAMES = (
    "authorization", f"pass{GAP}word", "passwd", f"pass{GAP}phrase", f"pass{GAP}code", "cookie", "secret",
    f"api{GAP}key", f"(?:secret|private|access|account|encryption|signing|signature|master|ssh|service|deploy){GAP}key",
    f"shared{GAP}(?:access{GAP})?key", f"(?:storage|subscription|functions|consumer|admin|auth){GAP}key",
    f"(?:access|refresh|auth|bearer|session|security|api|bot|private|deploy|o?auth2?|csrf|xsrf|personal|service){GAP}token",
    f"connection{GAP}string", f"conn{GAP}str",
)  # fmt: skip
"""Ends of names, in any case; `-`, `_`, `.` and a space between two words are one. A key's end is enough:
`OPENAI_API_KEY`, `x-api-key`, `http.request.header.authorization`."""
WORD_NAMES = (f"id{GAP}token", "pwd", f"(?:db|smtp|imap|ftp|user|root|admin|mysql|pg|redis|mail|proxy){GAP}pass")
"""The same where a word begins: `pwd`, never `validtoken`."""
WEAK = ("token", "auth", "pass", "jwt", "credentials?", f"(?:app|application|server){GAP}key", "bearer")
"""Names, where a word begins, of secrets and of much else."""
PAGING = re.compile(r"(?:page|next|prev|previous|continuation|cursor|sync|resume|cancellation|eos|bos|pad|unk|mask|sep"
                    r"|cls|stop|special|start|end|image|first|last)[-_.]?token$")  # fmt: skip
"""Tokens that open nothing: places in a list, and words of a model's vocabulary."""
CREDENTIAL = re.compile(r"[A-Za-z0-9_.~+/=:|@!#$%^*-]{16,}")
"""What a secret under a weak name looks like; a letter and a digit are in it."""

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """A name in lower case, with `_` between its words."""
    return re.sub(r"[^a-z0-9]+", "_", CAMEL.sub("_", name).lower()).strip("_")


def looks_like_credential(text: str) -> bool:
    """Whether a text has the look of a generated secret."""
    return (
        CREDENTIAL.fullmatch(text) is not None
        and any(character.isdigit() for character in text)
        and any(character.isalpha() for character in text)
    )


ESCAPED = r"(?:2[0dDeEfF]|3[0-9aA]|40|[46][1-9a-fA-F]|5[fF]|[57][0-9aA])"
"""Hexadecimal digits of characters that no encoder needs to escape: letters, digits and `-_. /:@`. Whoever writes them
so hides something, or may."""
ESCAPES = rf"\\u00{ESCAPED}|\\x{ESCAPED}|%(?:2[dDeE]|3[0-9]|[46][1-9a-fA-F]|5[fF]|[57][0-9aA]|25[2-7][0-9A-Fa-f])"
