/** What our tests call of npm `nuxeo`, which brings no types. */
declare module 'nuxeo' {
  interface Uploaded {
    name: string
    size: number
    [member: string]: unknown
  }

  interface Batch {
    _batchId: string
    upload(blob: Blob): Promise<{ blob: Uploaded }>
    upload(first: Blob, ...blobs: Blob[]): Promise<{ blobs: Uploaded[] }>
    upload(...blobs: Blob[]): Promise<{ blobs: Uploaded[] }>
    fetchBlob(index: number): Promise<{ blob: Uploaded }>
    fetchBlobs(): Promise<{ blobs: Uploaded[] }>
    removeBlob(index: number): Promise<Response>
    cancel(): Promise<Batch>
  }

  interface Document {
    uid: string
    path: string
    properties: Record<string, unknown>
    get(name: string): unknown
    set(properties: Record<string, unknown>): Document
    save(): Promise<Document>
    isFolder(): boolean
    fetchBlob(xpath?: string): Promise<Response>
  }

  interface Repository {
    create(parent: string, document: Record<string, unknown>): Promise<Document>
    fetch(reference: string): Promise<Document>
    delete(reference: string): Promise<Response>
  }

  interface Operation {
    input(input: unknown): Operation
    param(name: string, value: unknown): Operation
    params(values: Record<string, unknown>): Operation
    execute(options?: { headers?: Record<string, string> }): Promise<Response>
  }

  interface Blob {
    readonly name: string
  }

  type Authentication =
    | { method: 'basic'; username: string; password: string }
    | { method: 'token' | 'bearerToken'; token: string }

  class Nuxeo {
    static Blob: new (options: {
      content: unknown
      name: string
      mimeType: string
      size: number
    }) => Blob
    constructor(options: { baseURL: string; auth: Authentication })
    connected: boolean
    nuxeoVersion: string
    user: { id: string; properties: Record<string, unknown> }
    connect(): Promise<Nuxeo>
    batchUpload(): Batch
    repository(name?: string, options?: { schemas: string[] }): Repository
    operation(id: string): Operation
    request(path: string): { get(): Promise<unknown> }
    requestAuthenticationToken(
      application: string,
      device: string,
      description: string,
      permission: string,
    ): Promise<string>
  }

  export default Nuxeo
}
