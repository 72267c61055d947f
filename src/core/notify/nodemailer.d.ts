declare module 'nodemailer' {
  /** As much of it as is used here. */
  interface Transporter {
    sendMail(mail: Readonly<Record<string, unknown>>): Promise<{ readonly rejected: readonly string[] }>;
    close(): void;
  }
  export function createTransport(options: Readonly<Record<string, unknown>>): Transporter;
}
