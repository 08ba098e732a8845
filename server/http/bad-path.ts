import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers a path that cannot be decoded, and so belongs to no room, with a problem document (RFC 9457), whose `detail`
 * does not repeat it.
 */
export function answerBadPath(error: FastifyError, _req: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400
  const detail = 'the path is not valid: a percent sign must begin an escape of UTF-8, such as %20'
  void reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ type: 'about:blank', title: 'Bad Request', status, detail, code: 'invalid' })
}
