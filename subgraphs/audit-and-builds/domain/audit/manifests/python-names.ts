/** Which distribution a module comes in: Python's names of the two need not be alike. */
import { normalName } from './toml.js';

/** Modules whose distribution is called otherwise, as the index has them. */
const known: Readonly<Record<string, string>> = {
  attr: 'attrs',
  binance: 'python-binance',
  bs4: 'beautifulsoup4',
  bson: 'pymongo',
  clickhouse_driver: 'clickhouse-driver',
  colour: 'colour-science',
  Crypto: 'pycryptodome pycrypto',
  Cryptodome: 'pycryptodomex',
  cv2: 'opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless',
  dateutil: 'python-dateutil',
  discord: 'discord-py',
  docx: 'python-docx',
  dns: 'dnspython',
  dotenv: 'python-dotenv',
  faiss: 'faiss-cpu faiss-gpu',
  fitz: 'pymupdf',
  fastapi_users: 'fastapi-users fastapi-users-db-sqlalchemy',
  flask_login: 'flask-login',
  git: 'gitpython',
  github: 'pygithub',
  gi: 'pygobject',
  google: 'protobuf google-api-python-client google-auth',
  googleapiclient: 'google-api-python-client',
  grpc: 'grpcio',
  grpc_status: 'grpcio-status',
  grpc_tools: 'grpcio-tools',
  haystack: 'django-haystack haystack-ai farm-haystack',
  IPython: 'ipython',
  itsdangerous: 'itsdangerous',
  jose: 'python-jose',
  jwt: 'pyjwt',
  ldap: 'python-ldap',
  lxml: 'lxml',
  magic: 'python-magic python-magic-bin',
  markdown: 'markdown',
  mpl_toolkits: 'matplotlib',
  multipart: 'python-multipart',
  MySQLdb: 'mysqlclient',
  mysql: 'mysql-connector-python',
  nacl: 'pynacl',
  OpenSSL: 'pyopenssl',
  opentelemetry: 'opentelemetry-api opentelemetry-sdk',
  osgeo: 'gdal',
  PIL: 'pillow',
  pkg_resources: 'setuptools',
  pptx: 'python-pptx',
  psycopg2: 'psycopg2 psycopg2-binary',
  psycopg: 'psycopg psycopg-binary',
  pydantic_core: 'pydantic-core',
  pylab: 'matplotlib',
  PyQt5: 'pyqt5',
  PyQt6: 'pyqt6',
  pyspark: 'pyspark databricks-connect',
  pythoncom: 'pywin32',
  pywintypes: 'pywin32',
  redis: 'redis',
  rest_framework: 'djangorestframework',
  rest_framework_simplejwt: 'djangorestframework-simplejwt',
  serial: 'pyserial',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  slugify: 'python-slugify',
  snappy: 'python-snappy',
  socketio: 'python-socketio',
  engineio: 'python-engineio',
  sqlalchemy: 'sqlalchemy sqlmodel-slim',
  telegram: 'python-telegram-bot',
  tree_sitter_languages: 'tree-sitter-languages',
  usb: 'pyusb',
  websocket: 'websocket-client',
  win32api: 'pywin32',
  win32com: 'pywin32',
  win32con: 'pywin32',
  yaml: 'pyyaml ruamel-yaml',
  zmq: 'pyzmq',
};

/** What people put before and behind a module's name to make a distribution's. */
const forms: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `python-${name}`,
  (name) => `py${name}`,
  (name) => `py-${name}`,
  (name) => `${name}-python`,
  (name) => `${name}-py`,
  (name) => `django-${name}`,
  (name) => `${name}-sdk`,
  (name) => `${name}-client`,
];

/** Whether one of `declared` brings the module, e.g. `google.cloud.storage`. */
export function distributionsOf(module: string, declared: ReadonlySet<string>): boolean {
  const parts = module.split('.');
  const top = parts[0] ?? '';
  const listed = Object.hasOwn(known, top) ? (known[top] ?? '').split(' ') : [];
  if (listed.some((name) => declared.has(name))) return true;
  const name = normalName(top);
  if (forms.some((form) => declared.has(form(name)))) return true;
  // A namespace that many distributions share has the next part in the distribution's name.
  return parts.some((_part, index) => index > 0 && declared.has(normalName(parts.slice(0, index + 1).join('-'))));
}
