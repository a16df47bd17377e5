/** A feature and its evidence, of every kind that outputs are made from. */
import type { FeatureFacts } from '../domain/output-content.js';

export const fact = (
  id: number,
  type: FeatureFacts['facts'][number]['type'],
  content: string,
  rawData: unknown = null,
) => ({
  id: `00000000-0000-4000-8000-00000000000${id}`,
  type,
  content,
  rawData,
});

export const login: FeatureFacts = {
  name: 'User login',
  description: 'People prove who they are.\n\nOnce a day.',
  facts: [
    fact(1, 'endpoint', 'POST /api/auth/login: logs a user in', {
      method: 'POST',
      path: '/api/auth/login',
      summary: 'Logs a user in',
      request_schema: { email: 'string', password: 'string' },
      response_schema: { token: 'string' },
      responses: { 200: 'a session', 401: 'wrong password' },
      auth: 'none',
    }),
    fact(2, 'requirement', 'As a customer, I want to log in with my email so that I see my orders.', {
      ticket_key: 'SHOP-1',
    }),
    fact(3, 'acceptance_criteria', 'A wrong password is refused', { ticket_key: 'SHOP-1' }),
    fact(4, 'acceptance_criteria', 'a wrong  password is refused'),
    fact(5, 'constraint', 'Passwords have twelve characters or more'),
    fact(6, 'edge_case', 'An account is locked after ten tries'),
    fact(7, 'bug', 'The session is lost after a reload'),
    fact(8, 'payload', 'Credentials: email, password'),
    fact(9, 'flow', 'Landing page, then the login page'),
  ],
  parts: [{ id: '00000000-0000-4000-8000-0000000000aa', name: 'Remember me' }],
};
