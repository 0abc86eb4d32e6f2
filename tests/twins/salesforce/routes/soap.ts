/** The legacy SOAP login: offered up to v64, refused from v65 on, as Salesforce announced. */
import type { Reply, Request } from '../http/message';
import type { Route } from '../http/router';
import type { Twin } from '../twin';
import { CREDENTIALS } from './auth';

const SOAP_LOGIN_NEWEST = 64;
const SESSION_SECONDS = 7200;
const XML_TYPE = 'text/xml;charset=UTF-8';

function element(xml: string, name: string): string {
  const text = new RegExp(`<(?:\\w+:)?${name}[^>]*>([^<]*)</`).exec(xml)?.[1] ?? '';
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!);
}

const envelope = (body: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" ' +
  `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

function fault(code: string, message: string): Reply {
  const body =
    `<soapenv:Fault><faultcode>${code}</faultcode><faultstring>${code}: ${message}</faultstring><detail>` +
    `<sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>${code}</sf:exceptionCode>` +
    `<sf:exceptionMessage>${message}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>`;
  return { status: 500, body: envelope(body), type: XML_TYPE };
}

function login(request: Request, { org, sessions }: Twin): Reply {
  const xml = request.body.toString('utf8');
  const version = parseInt(request.params.version ?? '', 10);
  if (!xml.includes('login')) return fault('UNKNOWN_EXCEPTION', 'the simulated org offers only login over SOAP');
  if (request.headers['soapaction'] === undefined) return fault('UNKNOWN_EXCEPTION', 'SOAPAction HTTP header missing');
  if (version < org.options.oldestVersion || version > SOAP_LOGIN_NEWEST) {
    return fault('UNSUPPORTED_API_VERSION', 'login() is not available in this API version');
  }
  const { username, password, securityToken } = CREDENTIALS;
  const good = element(xml, 'username') === username && element(xml, 'password') === password + securityToken;
  if (!good) return fault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.');
  const server = `${request.origin}/services/Soap/u/${request.params.version}/${org.organizationId.slice(0, 15)}`;
  const body =
    `<loginResponse><result><metadataServerUrl>${server.replace('/u/', '/m/')}</metadataServerUrl>` +
    `<passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>${server}</serverUrl>` +
    `<sessionId>${sessions.issue()}</sessionId><userId>${org.userId}</userId><userInfo>` +
    `<organizationId>${org.organizationId}</organizationId><organizationName>Simulated Org</organizationName>` +
    `<sessionSecondsValid>${SESSION_SECONDS}</sessionSecondsValid><userEmail>${username}</userEmail>` +
    `<userId>${org.userId}</userId><userName>${username}</userName></userInfo></result></loginResponse>`;
  return { status: 200, body: envelope(body), type: XML_TYPE };
}

export const soapRoutes: Route[] = [{ method: 'POST', pattern: '/services/Soap/u/:version', handler: login }];
