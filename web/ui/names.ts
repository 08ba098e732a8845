import type { Location } from '../api/types.ts'

export const LOCATION_NAMES: Record<Location, string> = {
  ATTACHMENT: 'Attachment',
  ARCHIVE: 'Archive',
  IMAGE: 'Image',
}

export const PROTOCOL_NAMES: Record<string, string> = {
  tus: 'tus',
  ietf: 'IETF resumable upload',
  idempiere: 'iDempiere',
  nuxeo: 'Nuxeo',
  onlyoffice: 'ONLYOFFICE',
  kore: 'Kore',
  slipway: 'Slipway',
}
