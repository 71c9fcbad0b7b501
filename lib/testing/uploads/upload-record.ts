/** What an upload brought, without its audio. */
export type UploadRecord = {
  /** The fields but for the file, by their names on the wire, in order. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Undefined where no file came. */
  readonly file:
    | {
        readonly name: string
        /** Content type of the part. */
        readonly type: string
        readonly bytes: number
      }
    | undefined
  /** Bytes of the whole body. */
  readonly bytes: number
  /** Headers of the request, none with a key in it. */
  readonly headers: Readonly<Record<string, string>>
  /** Status of the answer; 0 where the connection was dropped. */
  readonly status: number
}
