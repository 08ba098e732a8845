export { assertAdmin, assertWriter, isAdmin, type Principal, type Role } from './principal.ts'
