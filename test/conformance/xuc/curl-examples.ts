/**
 * The 33 cURL commands of document 003, verbatim (contracts/xivo-ccs.md, Appendix A), with what they bring as they are printed
 * and, where a part was lost in print or a token has to be fresh, once that is filled in.
 */

export interface CurlAnswer {
  /** Absent: nothing was sent, or the status does not matter. */
  readonly status?: number;
  readonly error?: string;
  /** A part of the body. */
  readonly has?: string;
  /** Of curl itself; 0 unless said. */
  readonly exit?: number;
}

export interface CurlExample {
  readonly number: number;
  readonly section: string;
  readonly command: string;
  readonly printed: CurlAnswer;
  /** Whose token takes the place of the sample; replacements; and what comes of it. */
  readonly filled?: {
    readonly as?: string;
    readonly replace: readonly (readonly [printed: string, by: string])[];
    readonly answer: CurlAnswer;
  };
}

/** The token the document prints everywhere: expired in 2017, and of another secret. */
export const SAMPLE_TOKEN =
  'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI';

export const CURL_EXAMPLES: readonly CurlExample[] = [
  {
    number: 1,
    section: 'Obtain authentication token',
    command: `curl -XPOST -d '{"login": "", "password": ""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/2.0/auth/login`,
    printed: { status: 401, error: 'InvalidCredentials' },
    filled: {
      replace: [
        ['"login": ""', '"login": "alicej"'],
        ['"password": ""', '"password": "pw"'],
      ],
      answer: { status: 200, has: '"login":"alicej"' },
    },
  },
  {
    number: 2,
    section: 'SSO/Kerberos',
    command: 'curl -XGET http://localhost:8090/xuc/api/2.0/auth/sso',
    printed: { status: 401, error: 'SsoAuthenticationFailed' },
  },
  {
    number: 3,
    section: 'SSO/CAS',
    command:
      'curl -XGET http://localhost:8090/xuc/api/2.0/auth/cas?service=https://xucmgt.example.org&ticket=ST-11-Qsicgrh1mZ3dgoeOx7m6-af27d9025e0c',
    printed: { status: 400, error: 'CasServerInvalidParameter' },
    filled: {
      replace: [
        [
          'http://localhost:8090/xuc/api/2.0/auth/cas?service=https://xucmgt.example.org&ticket=ST-11-Qsicgrh1mZ3dgoeOx7m6-af27d9025e0c',
          `'http://localhost:8090/xuc/api/2.0/auth/cas?service=https://xucmgt.example.org&ticket=ST-11-Qsicgrh1mZ3dgoeOx7m6-af27d9025e0c'`,
        ],
      ],
      answer: { status: 502, error: 'CasServerInvalidResponse' },
    },
  },
  {
    number: 4,
    section: 'SSO/OpenID Connect',
    command: 'curl -XGET http://localhost:$xucport/xuc/api/2.0/auth/oidc?token=eyJhbGciOiJSUzI[...]v8nKAcS1V4pXfOpg',
    printed: { exit: 3 },
  },
  {
    number: 5,
    section: 'SSO/OpenID Connect',
    command:
      'curl -XGET -H "Authorization: Bearer eyJhbGciOiJSUzI[...]v8nKAcS1V4pXfOpg" http://localhost:$xucport/xuc/api/2.0/auth/oidc',
    printed: { status: 500, error: 'OidcNotEnabled' },
  },
  {
    number: 6,
    section: 'Check authentication token',
    command:
      'curl -X GET -H "Authorization: Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" "http://localhost:8090/xuc/api/2.0/auth/check"',
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 200, has: '"TTL":3600' } },
  },
  {
    number: 7,
    section: 'Personal contacts, list',
    command:
      'curl -XGET -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/personal',
    printed: { status: 401, error: 'InvalidToken' },
    filled: {
      as: 'vmachin',
      replace: [],
      answer: { status: 200, has: '"headers":["Firstname","Lastname","Number","Mobile","Favorite"]' },
    },
  },
  {
    number: 8,
    section: 'Personal contacts, get',
    command:
      'curl -XGET -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/personal/28079dc0-2c6b-4332-9075-61da9229389f',
    printed: { status: 401, error: 'InvalidToken' },
    filled: {
      as: 'vmachin',
      replace: [],
      answer: {
        status: 200,
        has: '{"id":"28079dc0-2c6b-4332-9075-61da9229389f","firstname":"doe","lastname":"john","number":"1111","mobile":"2222","fax":"3333","email":"j.doe@my.corp","company":"corp"}',
      },
    },
  },
  {
    number: 9,
    section: 'Personal contacts, create',
    command: `curl -XPOST -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/personal -d '{"lastname":"john","firstname":"doe","company":"corp","email":"j.doe@my.corp","number":"1111","mobile":"2222","fax":"3333"}'`,
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'alicej', replace: [], answer: { status: 201, has: '"lastname":"john"' } },
  },
  {
    number: 10,
    section: 'Personal contacts, update',
    command: `curl -XPUT -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/personal/28079dc0-2c6b-4332-9075-61da9229389f -d '{"lastname":"john","firstname":"doe","company":"corp","email":"j.doe@my.corp","number":"1111","mobile":"2222","fax":"3333"}'`,
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 200, has: '"lastname":"john"' } },
  },
  {
    number: 11,
    section: 'Personal contacts, delete (printed with GET)',
    command:
      'curl -XGET -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/personal/28079dc0-2c6b-4332-9075-61da9229389f',
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 200, has: '"lastname":"john"' } },
  },
  {
    number: 12,
    section: 'Personal contacts, delete all (printed with GET)',
    command:
      'curl -XGET -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/personal',
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 200, has: '"entries":[{' } },
  },
  {
    number: 13,
    section: 'Personal contacts, export',
    command:
      'curl -XGET -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/export/personal',
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 200, has: 'corp,j.doe@my.corp,3333,doe,john,2222,1111' } },
  },
  {
    number: 14,
    section: 'Personal contacts, import',
    command: `curl -XPOST -H "Content-Type: text/csv;charset=UTF-8" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/contact/import/personal -d 'company,email,fax,firstname,lastname,mobile,number\\ncorp,jdoe@company.corp,3333,John,Doe,2222,1111'`,
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'bruce', replace: [], answer: { status: 201, has: '"failed":[]' } },
  },
  {
    number: 15,
    section: 'Qualifications, get',
    command:
      'curl -XGET -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/call_qualification/queue/$queueId',
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 200, has: '"General Questions"' } },
  },
  {
    number: 16,
    section: 'Qualifications, create (printed with -d -d)',
    command: `curl -XPOST -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/call_qualification -d -d '{"sub_qualification_id":1,"time":"2018-03-21 17:00:00","callid":"callid1","agent":1,"queue":1,"first_name":"john","last_name":"doe","comment":"some comment","custom_data":"some custom data"}'`,
    printed: { status: 401, error: 'InvalidToken', exit: 3 },
    filled: { as: 'vmachin', replace: [['-d -d', '-d']], answer: { status: 201, has: '1' } },
  },
  {
    number: 17,
    section: 'Qualifications, export',
    command:
      'curl -XGET -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/call_qualification/csv/$queueId/$from/$to',
    printed: { status: 401, error: 'InvalidToken' },
    filled: {
      as: 'vmachin',
      replace: [],
      answer: {
        status: 200,
        has: 'sub_qualification_id,time,callid,agent,queue,first_name,last_name,comment,custom_data',
      },
    },
  },
  {
    number: 18,
    section: 'Mobile, Android',
    command: `curl -XPOST -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/config/mobile/push/register/android?apiVersion=2.0 -d '{"token": "1234-5678"}'`,
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 201 } },
  },
  {
    number: 19,
    section: 'Mobile, iOS',
    command: `curl -XPOST -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/config/mobile/push/register/ios?apiVersion=2.0 -d '{"token": "1234-5678"}'`,
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 201 } },
  },
  {
    number: 20,
    section: 'Deprecated, push registration',
    command: `curl -XPOST -H "Content-Type: application/json" -H "X-Auth-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJsb2dpbiI6InZtYWNoaW4iLCJleHBpcmVzIjoxNDg5OTk4Mzg2fQ.R6bzc5fBRs74l7ZBdLVjSIbNx3j3e07mV6mAX4_sklI" http://localhost:8090/xuc/api/2.0/mobile/push/register -d '{"token": "1234-5678"}'`,
    printed: { status: 401, error: 'InvalidToken' },
    filled: { as: 'vmachin', replace: [], answer: { status: 201 } },
  },
  {
    number: 21,
    section: 'Deprecated, connection',
    command: `curl -XPOST -d '{"password":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/connect/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['avencall.com//', 'avencall.com/alicej/'],
        ['"password":""', '"password":"pw"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 22,
    section: 'Deprecated, DND',
    command: `curl -XPOST -d '{"state":false}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/dnd/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: { replace: [['avencall.com//', 'avencall.com/alicej/']], answer: { status: 200 } },
  },
  {
    number: 23,
    section: 'Deprecated, dial',
    command: `curl -XPOST -d '{"number":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/dial/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['avencall.com//', 'avencall.com/alicej/'],
        ['"number":""', '"number":"1101"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 24,
    section: 'Deprecated, dialByUsername',
    command: `curl -XPOST -d '{"username":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/dialByUsername/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['avencall.com//', 'avencall.com/alicej/'],
        ['"username":""', '"username":"john"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 25,
    section: 'Deprecated, dialFromQueue',
    command: `curl -XPOST -d '{"destination":"1002","queueId":5,"callerIdName":"Thomas","callerIdNumber":"999999","variables":{"foo":"bar"}}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/dialFromQueue/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: { replace: [['avencall.com//', 'avencall.com/alicej/']], answer: { status: 200 } },
  },
  {
    number: 26,
    section: 'Deprecated, uncForward',
    command: `curl -XPOST -d '{"state":true,"destination":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/uncForward/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['avencall.com//', 'avencall.com/alicej/'],
        ['"destination":""', '"destination":"1102"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 27,
    section: 'Deprecated, naForward',
    command: `curl -XPOST -d '{"state":true,"destination":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/naForward/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['avencall.com//', 'avencall.com/alicej/'],
        ['"destination":""', '"destination":"1102"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 28,
    section: 'Deprecated, busyForward',
    command: `curl -XPOST -d '{"state":true,"destination":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/busyForward/avencall.com//`,
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['avencall.com//', 'avencall.com/alicej/'],
        ['"destination":""', '"destination":"1102"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 29,
    section: 'Deprecated, agentLogin',
    command: `curl -XPOST -d '{"agentphonenumber":"", "agentnumber":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/agentLogin/`,
    printed: { status: 404, error: 'AgentNotFound' },
    filled: {
      replace: [
        ['"agentphonenumber":""', '"agentphonenumber":"1058"'],
        ['"agentnumber":""', '"agentnumber":"8000"'],
      ],
      answer: { status: 200 },
    },
  },
  {
    number: 30,
    section: 'Deprecated, agentLogout',
    command: `curl -XPOST -d '{"phoneNumber":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/agentLogout/`,
    printed: { status: 404, error: 'AgentNotFound' },
    filled: { replace: [['"phoneNumber":""', '"phoneNumber":"1058"']], answer: { status: 200 } },
  },
  {
    number: 31,
    section: 'Deprecated, togglePause',
    command: `curl -XPOST -d '{"phoneNumber":""}' -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/togglePause/`,
    printed: { status: 404, error: 'AgentNotFound' },
    filled: { replace: [['"phoneNumber":""', '"phoneNumber":"1058"']], answer: { status: 404 } },
  },
  {
    number: 32,
    section: 'Deprecated, history by size',
    command:
      'curl -XGET -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/historyByUsername//?size=X',
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['historyByUsername//', 'historyByUsername/avencall.com/bruce'],
        ['size=X', 'size=1'],
      ],
      answer: {
        status: 200,
        has: '[{"start":"2018-09-20 17:38:41","duration":"00:00:02","srcUsername":"bruce","dstUsername":"alicej","status":"emitted"}]',
      },
    },
  },
  {
    number: 33,
    section: 'Deprecated, history by days',
    command:
      'curl -XGET -H "Content-Type: application/json" http://localhost:8090/xuc/api/1.0/historyByUsername//?days=X',
    printed: { status: 404, error: 'UserNotFound' },
    filled: {
      replace: [
        ['historyByUsername//', 'historyByUsername/avencall.com/bruce'],
        ['days=X', 'days=1'],
      ],
      answer: { status: 200, has: '[]' },
    },
  },
];
