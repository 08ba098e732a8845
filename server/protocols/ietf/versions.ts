/** How one interop version of the draft is spoken. Everything that differs between versions is in the table below. */
export interface Version {
  /** the field that says whether an upload is complete; the older one says the opposite */
  readonly completeness: 'Upload-Complete' | 'Upload-Incomplete'
  /** what an append without that field means; null where it must not be missing */
  readonly unsaid: 'complete' | 'incomplete' | null
  /** media type an append must have; null where any will do */
  readonly appendType: string | null
  /** repeated 104 with the committed offset while a body arrives */
  readonly progress: boolean
  /** HEAD and DELETE that carry the state's own fields must be refused */
  readonly bare: boolean
  /** key of `Upload-Limit` for the remaining lifetime */
  readonly lifetime: 'expires' | 'max-age'
  /** answer to an append that does not complete the upload */
  readonly appended: 201 | 204
  /** answer for an upload that was canceled, has failed or is over */
  readonly gone: 404 | 410
  /** an append behind the declared length ends the upload (only in strict mode: ours refuses the request) */
  readonly exceedingEnds: boolean
}

/** draft -01 */
const three: Version = {
  completeness: 'Upload-Incomplete',
  unsaid: 'complete',
  appendType: null,
  progress: false,
  bare: true,
  lifetime: 'max-age',
  appended: 201,
  gone: 404,
  exceedingEnds: false,
}
/** -02: "Replace Upload-Incomplete header with Upload-Complete" */
const four: Version = { ...three, completeness: 'Upload-Complete', unsaid: 'incomplete' }
/** -03: "Add upload progress notifications via informational responses" */
const five: Version = { ...four, progress: true }
/** -04, -05: "Require application/partial-upload for appending"; Upload-Limit, with `expires` */
const six: Version = { ...five, appendType: 'application/partial-upload', lifetime: 'expires' }
/** -06 to -08: "Rename `expires` limit to `max-age`"; an append must say whether it completes the upload */
const seven: Version = { ...six, unsaid: null, bare: false, lifetime: 'max-age', appended: 204, gone: 410 }
/** -09 to -11, -12: "marking the upload resource invalid" once the offset exceeds the length */
const eight: Version = { ...seven, exceedingEnds: true }

const VERSIONS: Readonly<Record<number, Version>> = {
  3: three,
  4: four,
  5: five,
  6: six,
  7: seven,
  8: eight,
  9: eight,
}

export const NEWEST = eight

/** How a request is to be spoken to. */
export interface Dialect extends Version {
  /** the version named in the request, when it is one we know; otherwise there is no 104 */
  readonly named: number | null
}

/**
 * Draft, Appendix B: a server "MUST NOT send a 104 (Upload Resumption Supported) informational response when the interop
 * version […] is missing or mismatching". Such a request is answered as the newest version for all the rest, unless it
 * says `Upload-Incomplete`, which only version 3 does.
 */
export function dialectOf(named: number | undefined, saysIncomplete: boolean): Dialect {
  const known = named === undefined ? undefined : VERSIONS[named]
  if (known !== undefined) return { ...known, named: named ?? null }
  return { ...(saysIncomplete ? three : NEWEST), named: null }
}
