/** A sum without and with VAT, both decimal strings. */
export interface Price {
  net: string;
  gross: string;
}

/** What a server or load balancer type costs at one location; traffic in bytes. */
export interface LocationPrice {
  location: string;
  price_hourly: Price;
  price_monthly: Price;
  included_traffic: number;
  price_per_tb_traffic: Price;
}

/** The price list; images and volumes per GB and month, backups in percent of the server. */
export interface Pricing {
  currency: string;
  vat_rate: string;
  image: { price_per_gb_month: Price };
  volume: { price_per_gb_month: Price };
  server_backup: { percentage: string };
  server_types: { id: number; name: string; prices: LocationPrice[] }[];
  load_balancer_types: { id: number; name: string; prices: LocationPrice[] }[];
  primary_ips: { type: string; prices: { location: string; price_hourly: Price; price_monthly: Price }[] }[];
  floating_ips: { type: string; prices: { location: string; price_monthly: Price }[] }[];
  floating_ip?: { price_monthly: Price };
}
